/**
 * Highest random weight ("rendezvous") hashing: everybody who knows the same nodes finds the same one for a key, without
 * asking anybody, and a node that comes or goes moves no key but its own. (Thaler and Ravishankar, "Using Name-Based
 * Mappings to Increase Hit Rates", IEEE/ACM Transactions on Networking 6(1), 1998.)
 */

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/**
 * The weight of a node for a key, a whole number of [0, 2^32): FNV-1a, 32 bit (draft-eastlake-fnv), of the UTF-8 of both
 * with a line feed between them, then the finalizer of MurmurHash3 (A. Appleby, public domain), without which texts that
 * differ in their last letters alone get weights that are alike.
 */
export function rendezvousWeight(key: string, node: string): number {
  let hash = FNV_OFFSET;
  for (const byte of new TextEncoder().encode(`${key}\n${node}`)) hash = Math.imul(hash ^ byte, FNV_PRIME);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
