/** The whole text of one output, kept outside of prompts and of every workspace. It is masked before it gets here. */
export interface KeptText {
  /** How much there is of it: line ends and bytes, and whether text stands behind the last line end. */
  readonly size: KeptSize;
  /** False where it is not kept any more, or cannot be: then nothing of it is. */
  append(text: string): Promise<boolean>;
  /**
   * Its text from the beginning of a line (counted from 1) up to that many bytes of it all, as it is read. Throws `Missing`
   * where it is not kept any more.
   */
  from(line: number, bytes: number): AsyncIterable<string>;
  /** It is kept no more. */
  drop(): Promise<void>;
}

export interface KeptSize {
  lines: number;
  bytes: number;
  isOpen: boolean;
}

/** Where a run keeps them: so many bytes in all, the oldest giving way, and gone with the run. */
export interface OutputRoom {
  open(): KeptText;
}
