/** What is known of the machine without looking. */
export interface MachineFacts {
  /** "Debian GNU/Linux 12 (bookworm), x86_64". */
  system: string;
  /** The day, as the person's calendar has it (ISO 8601). */
  today(): string;
}

/** Who answers where the policy asks. */
export type Answerer = 'person' | 'input' | 'nobody';
