/** `Red, M`: the options of a variant as one line of words. */
export function optionsText(options: Record<string, string>): string {
  return Object.values(options).join(', ');
}
