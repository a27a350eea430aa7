/** What is kept of a conversation, where one message stands in place of all that was said before it. */
export interface Compacted {
  /** So many replies with calls it stands for; the log has them. */
  replies: number;
  /** What the person said, the task first. */
  said: string[];
  /** The model's plan, as it gave it last. */
  plan?: string | undefined;
  /** What the person answered to questions of the model. */
  decisions: string[];
  denials: Denial[];
  /** One line for each of the last actions: what it was, and how it ended. */
  actions: string[];
  /** In the model's own words; empty where it gave none. */
  summary: string;
}

/** A denial and its reason, word for word, with the calls that it was the answer to. */
export interface Denial {
  words: string;
  calls: string[];
}
