/** Something the person at the keyboard can put right: said in plain words, without a stack, exit code 1. */
export class Fault extends Error {
  readonly remedy: string | undefined;

  /** @param remedy a command to run */
  constructor(message: string, remedy?: string) {
    super(remedy === undefined ? message : `${message}\nTo put it right:\n  ${remedy}`);
    this.name = 'Fault';
    this.remedy = remedy;
  }
}
