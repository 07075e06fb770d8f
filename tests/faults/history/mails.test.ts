import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mailFiles, readMails } from './mails.ts';

let folder = '';
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'emall-mails-')), 'mail');
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true }));

describe('the mails of a run', () => {
  it('are none before the first has made the folder', () => {
    expect(mailFiles(folder)).toEqual([]);
  });

  it('are those that were not there before, with drafts left out and folded lines joined', () => {
    mkdirSync(folder);
    for (const file of ['old.eml', '.draft.eml.1', 'new.eml']) writeFileSync(join(folder, file), 'Message-ID: <a@b>\r\nTo: ada@example.com\r\n\r\nThank you, cana=\r\nry');
    expect(readMails(folder, new Set(['old.eml']))).toMatchObject([{ file: 'new.eml', to: 'ada@example.com', messageId: '<a@b>', text: expect.stringContaining('canary') }]);
  });
});
