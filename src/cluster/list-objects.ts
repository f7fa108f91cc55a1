import type { ApiClient } from './api-client.ts';
import { answerText, type ApiAnswer } from './api-answer.ts';
import type { KubernetesObject } from './kubernetes-object.ts';

export interface ObjectList {
  readonly items: readonly KubernetesObject[];
  /** Where a watch goes on from. */
  readonly resourceVersion: string;
}

/** What is kept a copy of. */
export interface Collection {
  readonly path: string;
  /** Of all objects, those alone that match, such as `metadata.name=prescale`. */
  readonly fieldSelector?: string | undefined;
}

export function selectorQuery(fieldSelector: string | undefined): Readonly<Record<string, string>> {
  return fieldSelector === undefined ? {} : { fieldSelector };
}

interface ListPage {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  readonly items: readonly KubernetesObject[];
}

const PAGE_ITEMS = 500;

/**
 * All objects of a collection, page by page; undefined where the server has no such kind. Throws when a page cannot be
 * had: half a list is none.
 */
export async function listObjects(
  client: ApiClient,
  { path, fieldSelector }: Collection,
  signal: AbortSignal,
): Promise<ObjectList | undefined> {
  const items: KubernetesObject[] = [];
  let token = '';
  for (;;) {
    const query = {
      ...selectorQuery(fieldSelector),
      limit: String(PAGE_ITEMS),
      ...(token === '' ? {} : { continue: token }),
    };
    const answer = await client.call({ method: 'GET', path, query }, signal);
    if (answer.kind === 'refused' && answer.status === 404) return undefined;
    const page = pageOf(answer, path);
    items.push(...page.items);
    token = page.metadata.continue ?? '';
    if (token === '') return { items, resourceVersion: page.metadata.resourceVersion };
  }
}

function pageOf(answer: ApiAnswer, path: string): ListPage {
  if (answer.kind !== 'ok') throw new Error(`list ${path}: ${answerText(answer)}`);
  return answer.body as ListPage;
}
