// Generated from src/node/sandbox/backends.ts. Change that, then run: npm run generate
/** What a policy may say of `sandbox.backend`, and what it means. */
export const BACKEND_WORDS = {
  auto: 'the first of the others that this machine has',
  host: 'bubblewrap on Linux, Seatbelt on macOS',
  docker: 'a container of a Docker engine on this machine, on Linux',
} as const;
/** Those that this version does not have: commands are refused. */
export const TO_COME: readonly string[] = [];
export type BackendName = keyof typeof BACKEND_WORDS;
export const BACKEND_NAMES = Object.keys(BACKEND_WORDS) as [BackendName, ...BackendName[]];
