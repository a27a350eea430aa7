import { expect, test } from 'vitest';
import { withoutHeaderValues } from '../../src/core/redaction/headers.ts';

const TOKEN = 'k3y-abcdefGHIJ0123456789';

test.each([
  `http.extraheader X-Mine: ${TOKEN}`,
  `http.https://h/.extraheader\nX-Mine: ${TOKEN}\0`,
  `sendemail.smtppass ${TOKEN}`,
  `sendemail.smtppass\n${TOKEN}\0`,
])('a credential is masked as git lists its setting: %j', (text) => {
  expect(withoutHeaderValues(text, false, () => undefined)).not.toContain(TOKEN);
});
