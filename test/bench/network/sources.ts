/** Recordings that may be trained on and whose data may be shipped, by the index beside the traces. */
export const SHIPPED_RECORDINGS = [
  'wc98_may_1m',
  'nasa_jul95_1m',
  'nab_tweets_amzn_5m',
  'nab_tweets_goog_5m',
  'nab_tweets_ups_5m',
  'nab_aws_elb_requests_5m',
  'nab_nyc_taxi_30m',
  'wikipedia_2008_1h',
  'servegen_m_mid_total_10m',
  'servegen_m_mid_client21_10m',
  'servegen_m_large_client142_10m',
  'servegen_m_large_client148_10m',
  'azfn2019_http2_1m',
  'azfn2019_http3_1m',
  'azfn2019_event3_1m',
  'azfn2019_queue1_1m',
] as const;

const PREFIXES = [
  'wc98',
  'nasa',
  'nab_tweets',
  'nab_aws_elb',
  'nab_nyc_taxi',
  'bank_calls',
  'alibaba_pai',
  'servegen',
  'burstgpt',
  'wikipedia',
  'tv4',
  'azfn',
  'twitter',
];

/** Recordings of one source share days, users or a collector: none of them may be scored by a network that saw another. */
export function sourceOf(recording: string): string {
  return PREFIXES.find((prefix) => recording.startsWith(prefix)) ?? recording;
}
