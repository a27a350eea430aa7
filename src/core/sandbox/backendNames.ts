// Generated from src/node/sandbox/backends.ts. Change that, then run: npm run generate
/** What a policy may say of `sandbox.backend`, and what it means. */
export const BACKEND_WORDS = {
  auto: 'the first of the others that this machine has',
  host: 'bubblewrap on Linux, Seatbelt on macOS',
  docker: 'not in this version, which refuses commands then',
} as const;
/** Those that this version does not have: commands are refused. */
export const TO_COME: readonly string[] = ['docker'];
export type BackendName = keyof typeof BACKEND_WORDS;
export const BACKEND_NAMES = Object.keys(BACKEND_WORDS) as [BackendName, ...BackendName[]];
