/** A language model that the editor, or an extension in it, offers to others. */
export interface EditorModelFacts {
  /** `vendor/id`: by this it is chosen. */
  name: string;
  vendor: string;
  label: string;
  /** Tokens that it takes. */
  inputTokens: number;
  /** The extension that brings it, as people know it; empty where nobody says so. */
  extension: string;
}

export type EditorMessage =
  | { role: 'user'; text: string }
  | { role: 'assistant'; text: string; calls: EditorCall[] }
  | { role: 'results'; results: { call: string; text: string }[] };

export interface EditorCall {
  id: string;
  name: string;
  input: object;
}

export interface EditorTool {
  name: string;
  description: string;
  inputSchema: object;
}

/** What comes of a reply. Why it ended, and what it counted, the editor does not tell. */
export type EditorPart =
  | { type: 'text'; text: string }
  | { type: 'call'; id: unknown; name: unknown; input: unknown }
  /** Something else, such as a thought: it is shown to nobody, and only says that the model is at work. */
  | { type: 'other' }
  /** It failed: `code` is the editor's own word for it, `words` are the model's. */
  | { type: 'failed'; code: string; words: string };

/**
 * The language models of the editor around us. What is sent to one goes to the extension that brings it, and from there
 * wherever that wants.
 */
export interface EditorModels {
  models(): Promise<EditorModelFacts[]>;
  /** Only after something that a person did: the editor may ask them first. */
  send(
    name: string,
    request: { messages: readonly EditorMessage[]; tools: readonly EditorTool[] },
    signal: AbortSignal,
  ): AsyncIterable<EditorPart>;
  /** Tokens of a text, as the model counts them. */
  count(name: string, text: string, signal: AbortSignal): Promise<number>;
}
