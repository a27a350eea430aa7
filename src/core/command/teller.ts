import type { Effort } from './effort.ts';
import type { Findings } from './findings.ts';
import type { Word } from './word.ts';

/** Passes on what expansions find. */
export class Teller {
  protected readonly findings: Findings;
  readonly effort: Effort;

  constructor(findings: Findings, effort: Effort) {
    this.findings = findings;
    this.effort = effort;
  }

  anyVariable(): void {
    this.findings.variable('*');
  }

  doubt(why: string): void {
    this.findings.doubt(why);
  }

  unread(why: string): void {
    this.findings.unread(why);
  }

  shell(text: Word): void {
    this.findings.shell(text);
  }
}
