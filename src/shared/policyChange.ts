/** Where a rule holds that *Always* writes: the folder it was made in, unless a person chose more. */
export type Reach = 'this folder' | 'every workspace';

/** A change of a policy file that waits for a person's word. */
export interface PolicyChange {
  file: string;
  before: string;
  after: string;
  /** Where it holds, if that is not for a person to choose: what names a host holds everywhere. */
  holdsIn?: Reach;
}
