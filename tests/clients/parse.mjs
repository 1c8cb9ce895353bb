// Usage: node parse.mjs MODULE FILE...  Prints what ical.js (MODULE) makes of calendar files, as JSON.
import { readFileSync } from "node:fs";
import { argv } from "node:process";
import { pathToFileURL } from "node:url";

const ICAL = (await import(pathToFileURL(argv[2]).href)).default;
ICAL.design.strict = true;

/** Reads every value of every property, so that nothing is left unparsed. */
function values(component) {
  for (const property of component.getAllProperties()) property.getValues();
  component.getAllSubcomponents().forEach(values);
}

function moment(time, vtimezone) {
  if (time.zone.component !== vtimezone) throw new Error(`${time} is not in the calendar's own VTIMEZONE`);
  return { local: time.toString(), utc: new Date(time.toUnixTime() * 1000).toISOString().replace(".000", "") };
}

function calendar(text) {
  const root = new ICAL.Component(ICAL.parse(text));
  values(root);
  const vtimezone = root.getFirstSubcomponent("vtimezone");
  const events = root.getAllSubcomponents("vevent").map((component) => {
    const event = new ICAL.Event(component, { strictExceptions: true });
    return {
      uid: event.uid,
      sequence: event.sequence,
      status: component.getFirstPropertyValue("status"),
      tzid: event.startDate.zone.tzid,
      start: moment(event.startDate, vtimezone),
      end: moment(event.endDate, vtimezone),
    };
  });
  return { complaints: [], restrictions: [], events };
}

console.log(JSON.stringify(argv.slice(3).map((file) => calendar(readFileSync(file, "utf8")))));
