/**
 * What kept something from being done, as a name that programs can tell apart: the same fault has the same one wherever it
 * comes up. The command line gives each its exit code.
 */
export type Fault =
  /** None of the others: the words say what it was. */
  | 'failed'
  /** A workspace that is not there, or that nobody may work in. */
  | 'workspace'
  /** No such run. */
  | 'run'
  /** The model's server cannot be reached, or does not answer as it should. */
  | 'model'
  /** The model's server refuses the key. */
  | 'key'
  /** The audit log cannot be opened, read or written. */
  | 'log'
  /** Another run is at work in the folder. */
  | 'busy'
  /** The policy files do not hold together. */
  | 'policy'
  /** A fault of Oversign. */
  | 'bug';
