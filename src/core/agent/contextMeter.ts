import type { Model } from '../models/port.ts';

/** Until a provider has counted: what prose and code of the usual kind have. */
const CHARACTERS_PER_TOKEN = 3.5;
/** What a count cannot mean: some servers leave out what they had read before, or say the same each time. */
const [FEWEST, MOST] = [0.4, 12];
/** What most models take at least, where nobody says it; more is found out by nothing, less by the first overflow. */
const USUAL_LIMIT = 128_000;
/** Of one that reads nothing. */
const SCRIPTED_LIMIT = 1_000_000;
/** Of what was too long, where the server does not say how much it takes. */
const LEARNED_SHARE = 0.85;
/** Nothing can be said in less. */
const LEAST_LIMIT = 1000;

/** What is known of it may change while it is used. */
type Measured = Pick<Model, 'label' | 'isScripted' | 'contextTokens'>;

/** How long what is sent to a model is, in tokens, and how long it may be. */
export class ContextMeter {
  /** Tokens that were left when room was made last. */
  leftAt = 0;
  #ratio = CHARACTERS_PER_TOKEN;
  /** What was counted last. */
  #counted: { characters: number; tokens: number } | undefined;
  #model: Measured;
  /** What the server said, or what failed, since it was said that a request was too long. */
  #learned: number | undefined;

  constructor(model: Measured) {
    this.#model = model;
  }

  /** Tokens that conversation and reply may have together, as far as is known. */
  get limit(): number {
    const { contextTokens, isScripted } = this.#model;
    const said = contextTokens !== undefined && contextTokens > 0 ? contextTokens : undefined;
    if (this.#learned !== undefined) return Math.min(this.#learned, said ?? this.#learned);
    return said ?? (isScripted ? SCRIPTED_LIMIT : USUAL_LIMIT);
  }

  /** What was learned of one model is not so of another. */
  use(model: Measured): void {
    const isSame = model.label === this.#model.label;
    this.#model = model;
    if (isSame) return;
    this.#learned = undefined;
    this.#ratio = CHARACTERS_PER_TOKEN;
    this.#counted = undefined;
    this.leftAt = 0;
  }

  /** Tokens of a request of so many characters: as counted, with an estimate for what came since. */
  tokensOf(characters: number): number {
    const counted = this.#counted;
    if (!counted || characters < counted.characters) return this.tokensIn(characters);
    return Math.ceil(counted.tokens + (characters - counted.characters) / this.#ratio);
  }

  /** Of a text by itself. */
  tokensIn(characters: number): number {
    return Math.ceil(characters / this.#ratio);
  }

  charactersIn(tokens: number): number {
    return Math.floor(tokens * this.#ratio);
  }

  /** Whether so many characters can be no more tokens than a provider counted; more than they seem they may be. */
  canBe(characters: number, counted = 0): boolean {
    return counted > 0 && characters / counted <= MOST;
  }

  /** The provider counted a request of so many characters. */
  counted(characters: number, tokens: number): void {
    const ratio = characters / tokens;
    if (!(ratio >= FEWEST && ratio <= MOST)) return;
    this.#ratio = ratio;
    this.#counted = { characters, tokens };
  }

  /** A request of so many characters was too long. What the server says of its limit counts, where it can be so. */
  overflowed(characters: number, words: string): void {
    const tokens = this.tokensOf(characters);
    const said = limitIn(words);
    const isGuess = this.#learned === undefined && this.#model.contextTokens === undefined;
    if (said !== undefined && (isGuess || said <= this.limit)) {
      this.#learned = said;
      if (tokens < said) this.#correct(characters, said);
    } else this.#learned = Math.max(LEAST_LIMIT, Math.min(this.limit, Math.floor(tokens * LEARNED_SHARE)));
  }

  /** So many characters are surely more tokens than that. */
  #correct(characters: number, tokens: number): void {
    this.#ratio = Math.max(FEWEST, Math.min(this.#ratio, characters / tokens));
    this.#counted = undefined;
  }
}

/** How servers say what they take: OpenAI and vLLM, Anthropic, llama.cpp, Google, and those that pass it on. */
const LIMITS = [
  /maximum context length (?:is|of) (\d[\d,]*)/i,
  /> ?(\d[\d,]*) maximum/i,
  /n_ctx\D{0,4}(\d[\d,]*)/i,
  /context (?:size|window|length|limit)[^\d.]{0,24}?\(?(\d[\d,]*) ?tokens/i,
  /maximum number of tokens allowed \(?(\d[\d,]*)/i,
];

function limitIn(words: string): number | undefined {
  for (const pattern of LIMITS) {
    const [, digits] = pattern.exec(words) ?? [];
    const limit = Number(digits?.replaceAll(',', '') ?? NaN);
    if (Number.isSafeInteger(limit) && limit >= LEAST_LIMIT) return limit;
  }
  return undefined;
}
