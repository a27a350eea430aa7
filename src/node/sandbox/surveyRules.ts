/** What decides how folders are looked through. */
export interface Rules {
  isHidden(path: string): boolean;
  isProtected(path: string): boolean;
  isAboveProtected(path: string): boolean;
  /** What bare repositories keep of files is hidden too; `isHidden` knows it by name only in others. */
  hidesStores?: boolean;
  /** Whether a rule hides anything that may lie in the folders: then nobody knows what is in a closed one. */
  deniesInside?: boolean;
  /** Ends the look before a command. */
  signal?: AbortSignal;
  /** More entries than these are refused before a command. */
  most?: number;
}
