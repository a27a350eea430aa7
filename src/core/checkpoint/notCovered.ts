import { ToolFailure } from '../outcome.ts';

/** Less would come back than was foreseen. `what`: what has come since, or grown, as a person is told. */
export class NotCovered extends ToolFailure {
  override name = 'NotCovered';
  readonly what: string;

  constructor(what: string) {
    super(`${what}; nothing was done. Ask again: the question then says so`);
    this.what = what;
  }
}
