/** Something to be answered with a line: what is shown first, and the words before the answer. */
export interface Question {
  text: string;
  prompt: string;
}

/** Whoever answers. `undefined` where nobody is there, or the question was taken back. */
export interface Asker {
  /** Whether a person answers, who can be asked again; else each line was written for one question beforehand. */
  readonly answersBy: 'person' | 'input';
  ask(question: Question, signal?: AbortSignal): Promise<string | undefined>;
  close(): void;
}
