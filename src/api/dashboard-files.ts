/** Every file that the dashboard is made of, as it is asked for below /dashboard/. */
export const DASHBOARD_FILES = [
  'icon.svg',
  'styles.css',
  'app.js',
  'elements.js',
  'fetch-json.js',
  'fleet-page.js',
  'fleet-rows.js',
  'format.js',
  'live.js',
  'theme.js',
] as const;
