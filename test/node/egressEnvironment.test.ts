import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { believedToo } from '../../src/node/egress/authorities.ts';
import { routeTo } from '../../src/node/egress/route.ts';
import { destinationWords } from '../../src/node/models/destination.ts';
import { runCli } from '../support/cli.ts';
import { plant, temporaryFolder } from '../support/tree.ts';

const CHILD = join(import.meta.dirname, '../support/egressChild.ts');

/** What a process with these variables gets from an address, through plain `fetch` or through the door. */
async function asked(how: 'fetch' | 'door', url: string, environment: Record<string, string>): Promise<string> {
  const child = spawn(process.execPath, [CHILD, how, url], {
    env: { PATH: process.env['PATH'], ...environment },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let said = '';
  for await (const chunk of child.stdout) said += String(chunk);
  return said.trim();
}

async function listening(server: Server, host = '127.0.0.1', port = 0): Promise<number> {
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

const saying = (words: string): Server => createServer((_, response) => response.end(words));

/** A proxy that keeps what it is given. */
async function proxy(): Promise<string> {
  const server = saying('the proxy has it');
  server.on('connect', (_, socket) => {
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    server.emit('connection', socket);
  });
  return `http://127.0.0.1:${await listening(server)}`;
}

test.each(['HTTP_PROXY', 'http_proxy'])('no proxy of the environment gets a prompt: %s', async (name) => {
  const url = `http://127.0.0.1:${await listening(saying('the model has it'))}/`;
  const environment = { NODE_USE_ENV_PROXY: '1', [name]: await proxy() };
  expect(await asked('fetch', url, environment)).toBe('the proxy has it'); // the control
  expect(await asked('door', url, environment)).toBe('the model has it');
  expect(await asked('door', url, { NODE_OPTIONS: '--use-env-proxy', [name]: environment[name] ?? '' })).toBe(
    'the model has it',
  );
});

test.each(['localhost', 'api.localhost', 'API.LOCALHOST.'])(
  '%s is this machine, whatever is looked up',
  async (host) => {
    const port = await listening(saying('this machine'));
    const url = `http://${host}:${port}/`;
    // Somebody else's machine, as the name service tells: another loopback address stands for it.
    await listening(saying('another machine'), '127.0.0.2', port);
    const environment = { EGRESS_DNS: new URL(url).hostname };
    expect(await asked('fetch', url, environment)).toBe('another machine'); // the control
    expect(await asked('door', url, environment)).toBe('this machine');
  },
);

test('a server that listens on ::1 alone is found as localhost', async () => {
  const port = await listening(saying('this machine'), '::1');
  expect(await asked('door', `http://localhost:${port}/`, {})).toBe('this machine');
  expect(await asked('door', `http://[::1]:${port}/`, {})).toBe('this machine');
});

test('a certificate of nobody’s is not believed, whatever the environment says', async () => {
  // openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 36500 -subj /CN=localhost -addext subjectAltName=DNS:localhost
  const folder = join(import.meta.dirname, '../fixtures/nobodys-certificate');
  const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
  const server = createTlsServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (_, response) =>
    response.end('whoever it is has it'),
  );
  const url = `https://localhost:${await listening(server)}/`;
  for (const environment of [
    { NODE_TLS_REJECT_UNAUTHORIZED: '0' },
    { NODE_OPTIONS: '--use-openssl-ca', SSL_CERT_FILE: certificate },
    { NODE_USE_SYSTEM_CA: '1', SSL_CERT_FILE: certificate },
  ] as Record<string, string>[]) {
    expect(await asked('fetch', url, environment), JSON.stringify(environment)).toBe('whoever it is has it'); // the control
    expect(await asked('door', url, environment), JSON.stringify(environment)).toMatch(/^refused: \w*SELF_SIGNED/);
  }
  // Nor is whoever a variable names; who inspects a company's traffic is named in a setting, and then said.
  const named = { NODE_EXTRA_CA_CERTS: certificate };
  expect(await asked('fetch', url, named)).toBe('whoever it is has it'); // the control
  expect(await asked('door', url, named)).toMatch(/^refused: \w*SELF_SIGNED/);
  expect(await asked('door', url, { EGRESS_CA: certificate })).toBe('whoever it is has it');
  expect(believedToo(undefined, named)).toMatch(/NODE_EXTRA_CA_CERTS does not count here; name its file/);
  expect(believedToo({ file: certificate, certificates: [] }, {})).toContain(certificate);
  expect(believedToo(undefined, {})).toBe('');
  // The name is checked too.
  const elsewhere = url.replace('localhost', '127.0.0.1');
  expect(await asked('door', elsewhere, { EGRESS_CA: certificate })).toMatch(/^refused: ERR_TLS_CERT_ALTNAME/);
});

test('a proxy that a person chose is used for other machines, said in the log, and sees only whom it goes to', async () => {
  const folder = join(import.meta.dirname, '../fixtures/nobodys-certificate');
  const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
  const server = createTlsServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (_, response) =>
    response.end('the model has it'),
  );
  const port = await listening(server);
  const seen: string[] = [];
  const headers: unknown[] = [];
  const carrying = createServer((_, response) => response.end('the proxy has it'));
  carrying.on('connect', (request, socket: Socket) => {
    seen.push(request.url ?? '');
    headers.push(request.headers['proxy-authorization']);
    if (request.url?.startsWith('denied') === true) {
      socket.end('HTTP/1.1 403 Not for you\r\n\r\n');
      return;
    }
    const onward = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.on('data', (bytes) => seen.push(String(bytes))).pipe(onward);
      onward.pipe(socket);
    });
    onward.on('error', () => socket.destroy());
    socket.on('error', () => onward.destroy());
  });
  const address = `127.0.0.1:${await listening(carrying)}`;
  const proxy = { EGRESS_PROXY: `http://me:p%40ss@${address}`, EGRESS_CA: certificate };
  // The name is the certificate's; what it leads to is the proxy's affair.
  const url = `https://test.localhost.example:${port}/`;
  const refused = await asked('door', url, proxy);
  expect(refused).toBe(
    `by http://${address}\nrefused: ERR_TLS_CERT_ALTNAME_INVALID ${refused.split('INVALID ')[1] ?? ''}`,
  );
  expect(seen[0]).toBe(`test.localhost.example:${port}`);
  expect(headers[0]).toBe(`Basic ${Buffer.from('me:p@ss').toString('base64')}`);
  expect(seen.join('')).not.toContain('the prompt');
  expect(await asked('door', 'https://denied.example/', proxy)).toMatch(
    /EPROXY the proxy .* did not open the way: HTTP\/1\.1 403/,
  );
  // This machine is never asked through it.
  seen.length = 0;
  expect(await asked('door', `https://localhost:${port}/`, proxy)).toBe('the model has it');
  expect(seen).toEqual([]);
});

test('a name that a policy calls nearby is not followed to the internet', async () => {
  const port = await listening(saying('nearby'), '127.0.0.2');
  const url = `http://ollama.test:${port}/`;
  const environment = { EGRESS_DNS: 'ollama.test', EGRESS_NEARBY: 'yes' };
  expect(await asked('door', url, environment)).toBe('nearby');
  for (const EGRESS_ADDRESS of ['8.8.8.8', '169.254.169.254'])
    expect(await asked('door', url, { ...environment, EGRESS_ADDRESS })).toMatch(
      /^refused: EFAR ollama\.test leads to/,
    );
  expect(await asked('door', 'http://8.8.8.8/', { EGRESS_NEARBY: 'yes' })).toMatch(/^refused: EFAR/);
});

test('variables of client libraries do not say where prompts go', async () => {
  const port = await listening(saying('elsewhere'));
  const script = `
    const { openAiModel } = await import(${JSON.stringify(new URL('../../src/node/models/openaiModel.ts', import.meta.url).href)});
    const { ollamaModel } = await import(${JSON.stringify(new URL('../../src/node/models/ollamaModel.ts', import.meta.url).href)});
    const baseUrl = 'http://127.0.0.1:9';
    for (const model of [openAiModel({ model: 'm', baseUrl, apiKey: 'k' }), ollamaModel({ model: 'm', baseUrl })])
      try {
        const seen = async ({ origin }) => console.log(origin);
        for await (const event of model.stream({ messages: [{ role: 'user', text: 'x' }], tools: [] }, seen, AbortSignal.timeout(20000)));
      } catch (error) { console.log(error.name); }`;
  const elsewhere = `http://127.0.0.1:${port}/v1`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    env: {
      PATH: process.env['PATH'],
      ...{ OPENAI_BASE_URL: elsewhere, OLLAMA_HOST: elsewhere, OPENAI_API_BASE: elsewhere },
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  for await (const chunk of child.stdout) said += String(chunk);
  const lines = new Set(said.trim().split('\n'));
  expect([...lines]).toEqual(['http://127.0.0.1:9', 'ModelFailure']);
});

test('where prompts go names the proxy and the certificates that a person chose', () => {
  const cloud = 'https://api.example.com/v1';
  const route = { proxy: { url: new URL('http://me:secret@proxy.corp:3128'), from: 'http.proxy' } };
  const words = destinationWords(cloud, NAMED, { route });
  expect(words).toBe('Prompts and tool results go to api.example.com, through the proxy proxy.corp:3128 (http.proxy).');
  const wayOut = { proxy: 'http://proxy.corp:3128', proxyFrom: '--proxy', proxyNotFor: ['.corp'], caFile: '' };
  const proxyFor = (url: string): unknown => {
    const found = routeTo(url, wayOut, false);
    return found.ok && found.route.proxy?.url.host;
  };
  expect(proxyFor(cloud)).toBe('proxy.corp:3128');
  for (const url of ['https://llm.corp', 'https://corp', 'http://127.0.0.1:1', 'https://localhost'])
    expect(proxyFor(url)).toBeUndefined();
  expect(proxyFor('https://xcorp')).toBe('proxy.corp:3128');
  for (const proxy of ['proxy.corp:3128', 'socks5://p', 'ftp://p', 'http://p/path'])
    expect(routeTo(cloud, { ...wayOut, proxy }, false)).toMatchObject({ ok: false });
  for (const caFile of ['/nowhere.pem', import.meta.filename])
    expect(routeTo(cloud, { ...wayOut, caFile }, false)).toMatchObject({ ok: false });
});

const NAMED = {
  HTTPS_PROXY: 'http://proxy.example:3128',
  https_proxy: 'http://other.example',
};

test('where prompts go says which proxies do not count, and what carries every connection', () => {
  const cloud = 'https://api.example.com/v1';
  const local = 'http://127.0.0.1:11434';
  expect(destinationWords(cloud, {})).toBe('Prompts and tool results go to api.example.com.');
  expect(destinationWords(cloud, NAMED)).toBe(
    'Prompts and tool results go to api.example.com. No proxy is used: HTTPS_PROXY and https_proxy do not count here.',
  );
  expect(destinationWords(local, NAMED)).not.toContain('PROXY'); // no proxy was ever meant for this machine
  const preloaded = { LD_PRELOAD: '/usr/lib/libjemalloc.so.2:/usr/lib/x86_64-linux-gnu/libproxychains.so.4' };
  for (const url of [cloud, local])
    expect(destinationWords(url, preloaded)).toMatch(
      /goes through libproxychains\.so\.4 \(LD_PRELOAD\), which carries every connection of this program to a proxy/,
    );
  expect(destinationWords(cloud, { LD_PRELOAD: '/usr/lib/libjemalloc.so.2' })).not.toContain('LD_PRELOAD');
});

test('doctor says how what is sent gets there, and the log of a run where it went', async () => {
  const base = await temporaryFolder();
  await plant(base, { 'work/a.txt': 'a\n', 'home/.keep': '' });
  const url = `http://127.0.0.1:${await listening(saying('{}'))}`;
  const connections = async (environment: Record<string, string>): Promise<string> => {
    const { stdout } = await runCli(['doctor', '--workspace', 'work', '--json'], { base, environment });
    const items = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { name: string; words: string });
    return items.find(({ name }) => name === 'connections')?.words ?? '';
  };
  expect(await connections({})).toBe(
    'what Oversign sends goes straight to the address that is named. No proxy is used.',
  );
  expect(await connections(NAMED)).toContain('No proxy is used: HTTPS_PROXY and https_proxy do not count here.');
  // A library that is not there: the loader says so, and goes on.
  const environment = { LD_PRELOAD: join(base, 'libproxychains.so.4') };
  expect(await connections(environment)).toContain('is carried by another. All of it goes through libproxychains.so.4');
  const options = ['--model', 'openai', '--model-name', 'm', '--base-url', url, '--workspace', 'work'];
  const { stdout } = await runCli(['run', 'x', ...options], { base, environment });
  expect(stdout).toContain('All of it goes through libproxychains.so.4 (LD_PRELOAD)');
  const { stdout: log } = await runCli(['history', '--json'], { base });
  expect(log).toContain('All of it goes through libproxychains.so.4 (LD_PRELOAD)');
});
