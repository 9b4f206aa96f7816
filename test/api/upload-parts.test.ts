import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCOUNT, bearer, startApi, type ApiUnderTest } from '../support/api-under-test.ts';

const BOUNDARY = 'boundary-of-the-tests';
let service: ApiUnderTest;
beforeAll(async () => {
  service = await startApi();
});
afterAll(() => service.close());

const filePart = (text: string) =>
  `--${BOUNDARY}\r\ncontent-disposition: form-data; name="file"; filename="x"\r\n\r\n${text}\r\n`;
const textPart = (name: string, text: string) =>
  `--${BOUNDARY}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${text}\r\n`;

const countFiles = () => service.database.owner`select count(*) from statement_files`;

describe('400', () => {
  it.each([
    ['a second file', filePart('two')],
    ['a part behind the file', textPart('accountNumber', '1')],
  ])('refuses %s instead of ignoring it, and stores nothing', async (_, more) => {
    const before = await countFiles();
    const answer = await service.app.inject({
      method: 'POST',
      url: `/v1/bank-accounts/${ACCOUNT}/statements`,
      headers: {
        ...bearer(service.serviceKey),
        'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
      },
      payload: `${filePart('one')}${more}--${BOUNDARY}--\r\n`,
    });
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({
      code: 'request.invalid',
      detail: expect.stringContaining('the only file') as string,
    });
    expect(await countFiles()).toEqual(before);
  });
});
