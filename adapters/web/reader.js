"use strict";
const here = Intl.DateTimeFormat().resolvedOptions().timeZone, zone = document.getElementById("zone");
if (zone && here && zone.value !== here) {
  document.getElementById("here").textContent = here;
  document.getElementById("offer").hidden = false;
  document.getElementById("take").addEventListener("click", () => { zone.value = here; zone.focus(); });
}
