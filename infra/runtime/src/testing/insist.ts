/**
 * Repeats a call while it is answered with 503: on a busy machine one of many at once may wait for a connection until
 * then. Only for calls that bear repeating; one that is never answered otherwise ends with the test's own time limit.
 */
export async function insist<Answer extends { statusCode: number }>(call: () => Promise<Answer>): Promise<Answer> {
  for (;;) {
    const answer = await call();
    if (answer.statusCode !== 503) return answer;
  }
}
