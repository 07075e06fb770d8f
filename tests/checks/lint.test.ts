import { spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const root = join(import.meta.dirname, '../..');
let tree: string;

beforeAll(async () => {
  tree = await mkdtemp(join(tmpdir(), 'emall-lint-'));
  await cp(join(root, '.oxlintrc.json'), join(tree, '.oxlintrc.json'));
});

afterAll(() => rm(tree, { recursive: true }));

async function lint(path: string, text: string): Promise<{ status: number | null; output: string }> {
  const file = join(tree, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  const { status, stdout, stderr } = spawnSync(join(root, 'node_modules/.bin/oxlint'), [path], { cwd: tree, encoding: 'utf8' });
  return { status, output: stdout + stderr };
}

describe('the boundaries of the house', () => {
  it.each([
    ['a service imports another by its path', 'services/cart/src/lines/bad.ts', "import { x } from '../../../catalog/src/stock/reserve.ts';\nx();\n"],
    ['a service imports another by its name', 'services/order/src/bad.ts', "import { x } from '@emall/cart';\nx();\n"],
    ['a page opens a database connection', 'services/storefront/src/bad.ts', "import pg from 'pg';\nnew pg.Pool();\n"],
    ['the gateway imports a service', 'gateway/src/bad.ts', "import { x } from '../../services/cart/src/app.ts';\nx();\n"],
    ['the kit imports a service', 'infra/runtime/src/bad.ts', "import { x } from '../../../services/cart/src/app.ts';\nx();\n"],
  ])('are refused when %s', async (_what, path, text) => {
    const { status, output } = await lint(path, text);
    expect(output).toContain('no-restricted-imports');
    expect(status).not.toBe(0);
  });

  it('let a service use the kit', async () => {
    expect(await lint('services/cart/src/good.ts', "import { notFound } from '@emall/runtime';\nexport const fault = notFound();\n")).toMatchObject({ status: 0 });
  });

  it('keep the environment to main.ts', async () => {
    const text = 'export const port = process.env.PORT;\n';
    expect((await lint('services/cart/src/settings.ts', text)).output).toContain('no-process-env');
    expect(await lint('services/cart/src/main.ts', text)).toMatchObject({ status: 0 });
  });
});

describe('the scan for unescaped text', () => {
  const scan = (file: string) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'infra/codegen/src/xss-scan.ts'), join(root, file)], { encoding: 'utf8' });
    return { status, output: stdout + stderr };
  };

  it('refuses a page that puts a name into HTML as it is', () => {
    const { status, output } = scan('infra/codegen/examples/unescaped.tsx');
    expect(output).toContain('K601');
    expect(status).toBe(1);
  }, 240_000);
});
