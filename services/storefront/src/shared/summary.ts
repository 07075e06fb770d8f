/** What a search engine shows below the title. */
export function summaryOf(description: string): string {
  const line = description.replace(/\s+/g, ' ').trim();
  return line.length <= 160 ? line : `${line.slice(0, line.lastIndexOf(' ', 157))}…`;
}
