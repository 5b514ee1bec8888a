/** What the inbox has done since the process started; for `/metrics`. */
export class Meter {
  frames = 0;
  readings = 0;
  duplicateFrames = 0;
  duplicateReadings = 0;
  rewinds = 0;
  refused = 0;
  failures = 0;
}
