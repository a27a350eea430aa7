/** What Maximum privacy means, one line each, for people. */
export const PRIVACY_MEANS = [
  'prompts go only to a model server on this machine; one that says it passes them on is refused',
  'cloud providers and the editor’s own models are refused',
  'commands run in the sandbox, without network',
  'the agent sends no requests to other hosts',
  'the log goes to no collector',
] as const;
