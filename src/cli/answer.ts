import type { CallId } from './toolCall.ts';

/** What is answered to a line. */
export interface Answer {
  /** Of the line in the input, from 1. */
  number: number;
  id?: CallId;
  decision: string;
  rule: string;
  reason: string;
  layer: string;
  file?: string;
  /** Of `file`, where the rule stands. */
  line?: number;
}
