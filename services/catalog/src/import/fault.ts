/** Why a row is refused: in which column, and what is wrong with it. */
export interface CellFault {
  column: string;
  reason: string;
}

/** The file as a whole cannot be imported, or the command is wrong; nothing has been written. */
export class ImportFault extends Error {}
