/** What people say most with a no, ready to be picked. The model reads it as their reason. `label`: on a button. */
export const DENY_REASONS = [
  { label: 'Not needed', reason: 'This is not needed. Go on without it.' },
  { label: 'Do it another way', reason: 'Too risky. Do it another way.' },
  { label: 'Ask me first', reason: 'Ask me with ask_user before you try anything like this again.' },
] as const;
