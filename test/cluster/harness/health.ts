import { Agent, request } from 'undici';

/** The programs sign their own certificates; on loopback, asking whether one is alive needs no proof of who it is. */
const anyCertificate = new Agent({ connect: { rejectUnauthorized: false }, pipelining: 0 });

export async function healthy(url: string, token?: string): Promise<boolean> {
  const { statusCode, body } = await request(url, {
    dispatcher: anyCertificate,
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    headersTimeout: 5000,
  });
  await body.dump();
  return statusCode === 200;
}

/** Over plain HTTP. */
export async function isOk(url: string): Promise<boolean> {
  const response = await fetch(url);
  await response.text();
  return response.ok;
}
