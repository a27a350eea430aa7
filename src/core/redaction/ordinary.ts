/** Shorter values would mask pieces of ordinary words. */
export const SHORTEST = 6;
/** A single word of letters, no longer than this, is one that texts are full of. */
const WORD = /^(?:[a-z]{1,9}|[A-Z]{1,9}|[A-Z][a-z]{1,8})$/;
/** Digits alone, as many as a date, a port or a number of an issue has. */
const NUMBER = /^\d{1,8}$/;

/**
 * What people write where a key is asked for and none is needed, and the first passwords of programs. From the manuals of
 * model servers (Ollama, LM Studio, vLLM, llama.cpp, LocalAI) and of database images.
 */
const USUAL = new Set([
  ...['lm-studio', 'lm_studio', 'llama.cpp', 'llama-cpp', 'text-generation', 'openai-compatible', 'local-model'],
  ...['no-key', 'no_key', 'nokey', 'no-api-key', 'no-key-required', 'no-key-needed', 'sk-no-key-required'],
  ...['not-needed', 'not_needed', 'notneeded', 'not-used', 'not-required', 'not-set', 'not_set', 'not-provided'],
  ...['api-key', 'api_key', 'my-api-key', 'your-api-key', 'your_api_key', 'your-key-here', 'your-token', 'my-token'],
  ...['change-me', 'change_me', 'changeit', 'replace-me', 'placeholder', 'undefined', 'development', 'production'],
  ...[
    'password',
    'password1',
    'password123',
    'postgres',
    'postgresql',
    'administrator',
    'localhost',
    'localhost:11434',
  ],
  ...['dummy-key', 'dummy_key', 'fake-key', 'fake_key', 'test-key', 'test_key', 'test-token', 'sk-dummy', 'sk-fake'],
  ...['sk-test', 'sk-xxx', 'sk-1234', 'sk-local', 'token-abc123', 'abc123', 'test123', 'admin123', 'root123'],
]);

/** Whether a value cannot be told from ordinary text: masked, it would hide words everywhere, and protect nobody. */
export function isOrdinary(value: string): boolean {
  const trimmed = value.trim();
  return trimmed.length < SHORTEST || WORD.test(trimmed) || NUMBER.test(trimmed) || USUAL.has(trimmed.toLowerCase());
}
