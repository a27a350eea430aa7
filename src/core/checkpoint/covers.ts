/** What of a workspace undo covers for commands, as the policy says it. */
export interface Covers {
  /** Names of folders that are not looked into. */
  leaves: readonly string[];
  /** Files up to so many bytes are kept; undefined where the policy leaves it open. */
  fileBytes: number | undefined;
}

/** Folders that tools make again: `undo.leave_out`, where nobody says otherwise. */
export const LEAVES = [
  ...['node_modules', '.venv', 'target', 'dist', '__pycache__', '.pytest_cache', '.mypy_cache', '.ruff_cache'],
  ...['.tox', '.gradle', '.next', '.nuxt', '.turbo', '.parcel-cache', '.cache'],
];
