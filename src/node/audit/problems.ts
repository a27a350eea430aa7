import { Failure } from '../../core/outcome.ts';
import type { Fault } from '../../shared/fault.ts';
import type { Gap } from './setAside.ts';

/** Something is wrong with the log itself. */
export class LogProblem extends Failure {
  override name = 'LogProblem';

  override get fault(): Fault {
    return 'log';
  }
}

/** Somebody replaced the file under the hands of this process. */
export class LogReplaced extends LogProblem {
  override name = 'LogReplaced';
  readonly gap: Gap['reason'] | undefined;
  constructor(gap?: Gap['reason'], words = 'the audit log was replaced by another one') {
    super(words);
    this.gap = gap;
  }
}

/** The file holds a log of another format: an older one makes room, a newer one is left alone. */
export class OtherFormat extends LogProblem {
  override name = 'OtherFormat';
  readonly isNewer: boolean;
  constructor(isNewer: boolean, words: string) {
    super(words);
    this.isNewer = isNewer;
  }
  static of(file: string, isNewer: boolean): OtherFormat {
    const age = isNewer ? 'a newer version of Oversign; update Oversign to use it' : 'an older version of Oversign';
    return new OtherFormat(isNewer, `the audit log ${file} was written by ${age}`);
  }
}

/** The schema of a log is not what it was made with. */
export class RulesChanged extends LogProblem {
  override name = 'RulesChanged';
  constructor() {
    super('the database’s own rules (its schema) were changed');
  }
}

/** An index does not lead to what the table holds; SQLite itself tells so only where it is asked to look for it. */
export class IndexDamaged extends LogProblem {
  override name = 'IndexDamaged';
  /** As of a page that is damaged (`SQLITE_CORRUPT`). */
  readonly errcode = 11;
  constructor() {
    super('an index does not lead to what the log holds');
  }
}
