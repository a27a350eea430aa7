/** Made-up secrets, each of the shape that its maker documents; in two parts, so that no scanner takes this file for a leak. */
const PARTS: readonly [kind: string, first: string, rest: string][] = [
  ['AWS access key', 'AKIA', 'Q3EGRT2QXLZ5WT7K'],
  ['GitHub token', 'ghp_', '1a2B3c4D5e6F7g8H9i0J1k2L3m4N5o6P7q8R'],
  [
    'GitHub fine-grained token',
    'github_pat_',
    '11ABCDEFG0aZ9yX8wV7uT6_sR5qP4oN3mL2kJ1iH0gF9eD8cB7aZ6yX5wV4uT3sR2qP1oN0mL9kJ8iH7ga',
  ],
  ['GitLab token', 'glpat-', 'x7Kq2ZpW9rTbN4vYc8Ls'],
  ['Slack bot token', 'xoxb-', '123456789012-123456789012-abcdEFGHijklMNOPqrstUVWX'],
  ['Slack webhook', 'https://hooks.slack.com/', 'services/T12345678/B12345678/aB3dE5fG7hI9jK1lM3nO5pQ7'],
  ['npm token', 'npm_', 'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8'],
  [
    'PyPI token',
    'pypi-AgEIcHlwaS5vcmc',
    'CJDk1M2Y3ZTc4LTlhYjAtNGNkZS1mMTIzLTQ1Njc4OWFiY2RlZgACKlszLCJhYmNkZWYxMjM0NTY3ODkwIl0AAAYg',
  ],
  [
    'Anthropic key',
    'sk-ant-api03-',
    'aB3dE5fG7hI9jK1lM3nO5pQ7rS9tU1vW3xY5zA7bC9dE1fG3hI5jK7lM9nO1pQ3rS5tU7vW9xY1zA3bC5dE7fG9hI1jK3AA',
  ],
  ['OpenAI key', 'sk-', 'aB3dE5fG7hI9jK1lM3nOT3BlbkFJpQ7rS9tU1vW3xY5zA7bC'],
  ['Stripe key', 'sk_live_', '51HaB3dE5fG7hI9jK1lM3nO5p'],
  ['Google API key', 'AIza', 'SyD3f8Kq1ZpW9rTbN4vYc8LsMx7HjQe2UoR'],
  ['Hugging Face token', 'hf_', 'qWeRtYuIoPlKjHgFdSaZxCvBnMpOiUyTrE'],
  ['DigitalOcean token', 'dop_v1_', '3f8a1c5e7b9d2f4a6c8e0b1d3f5a7c9e1b3d5f7a9c1e3b5d7f9a1c3e5b7d9f1a'],
  ['SendGrid key', 'SG.', 'aB3dE5fG7hI9jK1lM3nO5p.qR7sT9uV1wX3yZ5aB7cD9eF1gH3iJ5kL7mN9oP1qR3s'],
  ['Twilio key', 'SK', '3f8a1c5e7b9d2f4a6c8e0b1d3f5a7c9e'],
  [
    'JSON Web Token',
    'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.',
    'eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkFkYSJ9.dQw4w9WgXcQdQw4w9WgXcQdQw4w9WgXcQ1a2b3c4',
  ],
  [
    'Vault token',
    'hvs.',
    'CAESIJ3kq9ZpW8rTbN4vYc7LsMx6HjQe2UoR5tGdFvXaZb1CGh4KHGh2cy5KcVd3ZTVydDZ5N3U4aTlvMHBhc2RmZ2g',
  ],
  ['Shopify token', 'shpat_', '3f8a1c5e7b9d2f4a6c8e0b1d3f5a7c9e'],
  ['age key', 'AGE-SECRET-KEY-1', 'QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7LQPZRY9X8GF2TVDW0S3JN54KHCE'],
  ['Databricks token', 'dapi', '3f8a1c5e7b9d2f4a6c8e0b1d3f5a7c9e'],
  ['Telegram bot token', 'telegram_token = "', '123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw8"'],
  ['Datadog key beside its name', 'DATADOG_API_KEY=', '3f8a1c5e7b9d2f4a6c8e0b1d3f5a7c9e1b3d5f7a'],
  [
    'private key',
    '-----BEGIN RSA PRIVATE ',
    `KEY-----\n${'MIIEowIBAAKCAQEA3q9ZpW8rTbN4vYc7LsMx6HjQe2UoR5tGdFvXaZb1CGh4KHG\n'.repeat(8)}-----END RSA PRIVATE KEY-----`,
  ],
];

export const PLANTED: readonly { kind: string; secret: string }[] = PARTS.map(([kind, first, rest]) => ({
  kind,
  secret: first + rest,
}));

/** What tools print it in. */
export const CONTEXTS: readonly { name: string; around: (secret: string) => string }[] = [
  { name: 'a line of its own', around: (secret) => `before\n${secret}\nafter\n` },
  { name: 'a variable', around: (secret) => `export TOKEN=${secret}\nPATH=/usr/bin\n` },
  { name: 'JSON', around: (secret) => JSON.stringify({ id: 7, token: secret, next: 'x' }) },
  { name: 'code', around: (secret) => `const client = make({\n  auth: \`${secret}\`,\n});\n` },
  { name: 'a log line', around: (secret) => `2026-01-01T00:00:00Z WARN request failed, key ${secret} was refused\n` },
];

/** The part of a planted secret that must not be readable: its end. */
export function tellingEnd(secret: string): string {
  const [line = ''] = secret.split('\n').slice(-2);
  return line.replace(/"$/, '').slice(-16);
}
