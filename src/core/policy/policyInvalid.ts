import type { Diagnostic } from './layer.ts';
import type { Fault } from '../../shared/fault.ts';
import { Failure } from '../outcome.ts';

/** The policy files do not hold together; no run starts, and a run that goes on ends. */
export class PolicyInvalid extends Failure {
  override name = 'PolicyInvalid';
  readonly diagnostics: Diagnostic[];
  constructor(diagnostics: Diagnostic[]) {
    const first = diagnostics[0];
    super(
      first
        ? `The policy is invalid: ${first.file}:${first.line}:${first.column}: ${first.message}. Nothing runs until it is mended.`
        : 'The policy is invalid.',
    );
    this.diagnostics = diagnostics;
  }

  override get fault(): Fault {
    return 'policy';
  }
}
