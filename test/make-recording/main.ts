/** `npm run make:recording`: writes the embedded recording anew. The same bytes every time. */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { SEED } from './scenario.ts';
import { gzipRepeatably, webShopCsv } from './web-shop.ts';

const file = fileURLToPath(new URL('../../deploy/demo/web-shop.csv.gz', import.meta.url));
const text = webShopCsv();
const bytes = gzipRepeatably(text);
writeFileSync(file, bytes);

const rows = text.split('\n').length - 2;
const sha256 = createHash('sha256').update(bytes).digest('hex');
console.log(`wrote ${file}: seed ${SEED}, ${rows} rows, ${bytes.length} bytes, sha256 ${sha256}`);
