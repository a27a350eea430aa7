/** Parts of the tree whose entries are found when they are opened: what can be seen, the last run, all runs. */
export type ExposurePart = 'reach' | 'run' | 'together';

/** An entry of the Data Exposure view, ready to be drawn: made in the core (core/exposure/nodes.ts). Texts have no hidden characters. */
export interface ExposureNode {
  id: string;
  label: string;
  description?: string;
  /** Lines. */
  tooltip: string;
  /** A codicon's name. */
  icon: string;
  tone?: 'warning' | 'alarm';
  /** What a screen reader says of it. */
  spoken: string;
  /** The run, and the action of it, that it is about: for what can be done with it. */
  run?: string;
  action?: string;
  isOpen?: true;
  /** A part is asked for when it is opened. */
  below: ExposureNode[] | ExposurePart;
}
