import type { FieldError } from '../../shared/forms.ts';

interface FieldProps {
  name: string;
  label: string;
  value: string;
  errors: FieldError[];
  type?: string;
  autocomplete: string;
  inputmode?: string;
  hint?: string;
  optional?: boolean;
  maxlength: number;
}

/** A labelled field with its error beside it, tied together for those who do not see the page. */
export function Field({ name, label, value, errors, type = 'text', autocomplete, inputmode, hint, optional = false, maxlength }: FieldProps) {
  const error = errors.find(({ field }) => field === name);
  const describedBy = [error && `${name}-error`, hint !== undefined && `${name}-hint`].filter(Boolean).join(' ');
  return (
    <div class={['field', error && 'field-bad', `field-${name}`]}>
      <label for={name}>
        <span safe>{label}</span>
        {optional && <span class="field-optional"> (optional)</span>}
      </label>
      {hint !== undefined && (
        <p class="field-hint" id={`${name}-hint`} safe>
          {hint}
        </p>
      )}
      <FieldErrorText name={name} errors={errors} />
      <input
        id={name}
        name={name}
        type={type}
        value={value}
        autocomplete={autocomplete}
        inputmode={inputmode}
        maxlength={maxlength}
        required={!optional}
        aria-invalid={error ? 'true' : undefined}
        aria-describedby={describedBy || undefined}
      />
    </div>
  );
}

export function FieldErrorText({ name, errors }: { name: string; errors: FieldError[] }) {
  const error = errors.find(({ field }) => field === name);
  if (!error) return '';
  return (
    <p class="field-error" id={`${name}-error`} safe>
      {error.reason}
    </p>
  );
}
