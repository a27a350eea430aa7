/** How a file's bytes stand for text. `mark`: it begins with a byte order mark, which is no part of the text. */
export interface Encoding {
  /** As people say it: `UTF-8`, `UTF-16LE`, `Shift_JIS`. */
  readonly name: string;
  readonly mark: boolean;
}

export const UTF_8: Encoding = { name: 'UTF-8', mark: false };

/** Text, and how it is written. Encoded again, it gives the same bytes. */
export interface Decoded {
  readonly text: string;
  readonly encoding: Encoding;
}

/** Turns bytes into text as they come: a character may begin in one piece and end in the next. */
export type StreamedDecoder = (bytes: Uint8Array, isLast: boolean) => string;

/** Reads and writes text in the encodings that editors open. */
export interface Encodings {
  /** Undefined where the bytes are no text, or none that could be written again as it stands. */
  decode(bytes: Uint8Array): Promise<Decoded | undefined>;
  /** For a text too long to be read whole, by its beginning; undefined where that is no text. For reading only. */
  streamed(beginning: Uint8Array): Promise<StreamedDecoder | undefined>;
  /** Undefined where the encoding has no bytes for some of the text. */
  encode(decoded: Decoded): Promise<Uint8Array | undefined>;
}
