/** Each of these starts whole shops, of fourteen processes; two at once on two processors take each other's time limits. */
const WHOLE_SHOPS = 'tests/(e2e|local|faults|surge)/';

/** The runs of Jest that make up one of ours. All tests: first those of the parts, two files at once, then those of the whole, one after the other. */
export function partsOf(args: readonly string[]): string[][] {
  if (args.some((argument) => !argument.startsWith('-'))) return [[...args]];
  return [[...args, '--testPathIgnorePatterns', '/node_modules/', '/.emall/', WHOLE_SHOPS], [...args, '--runInBand', WHOLE_SHOPS]];
}

/** `3 passed, 0 failed` and `2 passed, 1 failed, 4 skipped` are `5 passed, 1 failed, 4 skipped`. */
export function sumOf(lines: readonly string[]): string {
  const sums = new Map([['passed', 0], ['failed', 0]]);
  for (const [, count, what = ''] of lines.join(', ').matchAll(/(\d+) (\w+)/g)) sums.set(what, (sums.get(what) ?? 0) + Number(count));
  return [...sums].map(([what, sum]) => `${sum} ${what}`).join(', ');
}
