import { type Static, type TSchema, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { invalid } from './errors.ts';

export const object = <T extends Record<string, TSchema>>(properties: T) => Type.Object(properties, { additionalProperties: false });

/** Refuses what it does not know in the words of Stripe's API. */
export function reader<T extends TSchema>(schema: T) {
  const compiled = Compile(schema);
  return (given: unknown = {}): Static<T> => {
    if (compiled.Check(given)) return given;
    const errors = compiled.Errors(given);
    const error = errors.find(({ keyword }) => keyword === 'required' || keyword === 'additionalProperties') ?? errors[0];
    if (!error) throw invalid('Invalid request.');
    const path = error.instancePath.split('/').filter((part) => part !== '');
    const { requiredProperties, additionalProperties } = error.params as { requiredProperties?: string[]; additionalProperties?: string[] };
    const member = requiredProperties?.[0] ?? additionalProperties?.[0];
    const [first = '', ...rest] = member === undefined ? path : [...path, member];
    const param = first + rest.map((part) => `[${part}]`).join('');
    if (requiredProperties) throw invalid(`Missing required param: ${param}.`, { code: 'parameter_missing', param });
    if (additionalProperties) throw invalid(`Received unknown parameter: ${param}`, { code: 'parameter_unknown', param });
    throw invalid(`Invalid ${param}: ${error.message}`, { param });
  };
}
