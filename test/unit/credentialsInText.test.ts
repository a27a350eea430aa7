import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Redactor } from '../../src/core/redaction/redactor.ts';

const T = 'ghp_Zx81kfQ02mVb77LrTTe5';
const JWT = `eyJhbGciOi.${'Ab3_'.repeat(40)}.sig-Na1`;

test.each([
  [`https://user:${T}@host/x.git`, 'https://user:[redacted]@host/x.git'],
  [`url = https://oauth2:${T}@host:8443/x`, 'url = https://oauth2:[redacted]@host:8443/x'],
  [`[url "https://${T}@host/"]`, '[url "https://[redacted]@host/"]'],
  [`url.https://u:${T}@host/.insteadof=https://host/`, 'url.https://u:[redacted]@host/.insteadof=https://host/'],
  [`https://${T}:x-oauth-basic@host/`, 'https://[redacted]:[redacted]@host/'],
  [`https://${T}:@host/`, 'https://[redacted]:@host/'],
  ['redis://:hunter2@host/0', 'redis://:[redacted]@host/0'],
  ['postgres://app:p%40ss@db/app', 'postgres://app:[redacted]@db/app'],
  ['postgres://app:p@ss@db/app', 'postgres://app:[redacted]@db/app'],
  ['git+https://u:a$b&c;d@host', 'git+https://u:[redacted]@host'],
  ['https://$USER:tok-1234@host', 'https://$USER:[redacted]@host'],
  [`"https:\\/\\/u:${T}@host\\/"`, '"https:\\/\\/u:[redacted]@host\\/"'],
  ['mongodb://u:pw1@h1:27017,h2:27017/db', 'mongodb://u:[redacted]@h1:27017,h2:27017/db'],
  [`https://u:${'x1'.repeat(40)}@host`, 'https://u:[redacted]@host'],
  [`https://u:ab[redacted:X]${T}@host`, 'https://u:[redacted]@host'],
  [`Authorization: Basic dXNlcjpwdw==`, 'Authorization: Basic [redacted]'],
  [`authorization:bearer ${JWT}, next`, 'authorization:bearer [redacted], next'],
  [`Authorization: ${T}`, 'Authorization: [redacted]'],
  [`Authorization: GenieKey ${T}`, 'Authorization: GenieKey [redacted]'],
  [`Proxy-Authorization: Basic ${T}`, 'Proxy-Authorization: Basic [redacted]'],
  [`curl -H "PRIVATE-TOKEN: ${T}" x`, 'curl -H "PRIVATE-TOKEN: [redacted]" x'],
  [`'X-Api-Key': '${T}',`, "'X-Api-Key': '[redacted]',"],
  [
    `{"headers":"{\\"Authorization\\": \\"Bearer ${T}\\"}"}`,
    '{"headers":"{\\"Authorization\\": \\"Bearer [redacted]\\"}"}',
  ],
  [`\textraheader = Authorization: Basic ${T}`, '\textraheader = Authorization: Basic [redacted]'],
  [
    `http.https://host/.extraheader=AUTHORIZATION: basic ${T}`,
    'http.https://host/.extraheader=AUTHORIZATION: basic [redacted]',
  ],
  ['extraHeader = "X-Corp: letmein"', 'extraHeader = "X-Corp: [redacted]"'],
  ['sendemail.smtppass=hunter2', 'sendemail.smtppass=[redacted]'],
  [`//registry/:_authToken=${T}`, '//registry/:_authToken=[redacted]'],
  ['helper = "!f() { echo password=hunter2; }; f"', 'helper = "!f() { echo password=[redacted]; }; f"'],
  [`https://host/x?private_token=${T}&y=1`, 'https://host/x?private_token=[redacted]&y=1'],
])('%s', (text, masked) => {
  const made = new Redactor();
  expect(made.text(`a ${text}\nb`)).toBe(`a ${masked}\nb`);
  expect(made.mask(text).masked).toBeGreaterThan(0);
  expect(made.text(masked)).toBe(masked);
  expect(made.masks(text)).toBe(true);
});

test.each([
  'git@github.com:user/repo.git',
  'https://git@host/x',
  'ssh://git@host:22/x',
  'https://alice@host/x',
  'https://firstname.lastname@host/x',
  'https://$USER:$TOKEN@host',
  'https://${USER}:${TOKEN}@host',
  'https://u:<token>@host',
  'https://u:xxx@host',
  'https://u:***@host',
  'https://u:{{ token }}@host',
  'https://u:{{token}}@host',
  'https://{user}:{password}@host',
  'https://u:[redacted]@host',
  'https://u:[redacted:KEY]@host',
  'http://localhost:3000/a@b',
  'http://localhost:80?mail=a@b',
  'http://host?q=a:b@c',
  'https://unpkg.com/react@18.2.0/x',
  'https://registry.npmjs.org/@types/node',
  'http://[::1]:8080/',
  'see http://a.b:80 and mail x1y2z3w4@host',
  'Authorization: Bearer <token>',
  'Authorization: Bearer ${token}',
  'Authorization: Bearer tokens are sent here',
  'Authorization: Bearer authentication',
  "headers['Authorization'] = 'Bearer ' + token1",
  'headers.authorization = request.headers.authorization',
  'authorization: string | undefined;',
  'authorization = oauth2Client1',
  "'x-api-key': process.env.API_KEY_1",
  "'x-api-key': readKey1(place)",
  'the authorization: it is checked in step12345678',
  'extraheader = Authorization: Basic $TOKEN',
  'a password = something in prose',
  'https://host/?token=short',
])('nothing is masked in: %s', (text) => {
  expect(new Redactor().text(text)).toBe(text);
});

test('on a card no mask hides what a shell would do, and an everyday one is hidden there too', () => {
  const made = new Redactor();
  for (const command of [
    'curl http://a:x;reboot;y@host',
    'curl http://a:x$HOME@host',
    'curl http://a:x&reboot&y@host',
    'git -c http.extraheader=X:a|reboot|b fetch',
  ])
    expect(made.json({ command })).toEqual({ command });
  expect(made.json({ [`https://u:${T}@h`]: [`git push https://u:${T}@h`, 7] })).toEqual({
    'https://u:[redacted]@h': ['git push https://u:[redacted]@h', 7],
  });
});

test.each([
  `Push to https://user:${T}@host/x, or\nwith Authorization: Bearer ${T}\nand https://host/?token=${T} done. end`,
  `echo password=${T}\nextraheader = X-Corp: ${T} ${T}\nend `,
])('a growing text never shows the beginning of a credential, and what it shows never changes', (whole) => {
  const made = new Redactor();
  let before = '';
  for (let length = 0; length <= whole.length; length += 1) {
    const shown = made.growing(whole.slice(0, length));
    expect(shown.startsWith(before)).toBe(true);
    expect(shown).not.toContain(T.slice(0, 5));
    before = shown;
  }
  expect(made.text(whole).startsWith(before)).toBe(true);
});

/** Texts of 262,144 characters that are made to be looked at again and again. A child does it: what takes quadratic time
 * does not come to its end within the minute that it is given. */
test('no text takes more than time in proportion to its length', () => {
  const program = `
    import { Redactor } from ${JSON.stringify(join(import.meta.dirname, '../../src/core/redaction/redactor.ts'))};
    const pieces = ['://', 'a://b:', 'https://u:p', 'https://u:p@', 'authorization:', 'authorization=', 'authorization: bearer ',
      'Authorization: ' + ' '.repeat(50), 'api-key:a', '-token', 'extraheader=a:', 'extraheader = "a', ':_auth=', 'echo password=',
      '?token=', '&token=a', '%s', '%a%', '{a}', '://{', 'https://u:{a}', 'https://u:{', '=', 'a', '\\\\', '@', ':', '"'];
    for (const piece of pieces) for (const lead of ['', 'https://u:', 'authorization: bearer ', 'extraheader=a:']) {
      const made = new Redactor();
      const text = lead + piece.repeat(262144 / piece.length);
      for (const one of [text, text + '@host']) { made.text(one); made.json(one); made.growing(one); }
    }
    console.log('done');`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    timeout: 60_000,
    encoding: 'utf8',
  });
  expect(stdout + stderr).toBe('done\n');
}, 90_000);
