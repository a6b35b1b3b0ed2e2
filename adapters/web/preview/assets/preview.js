// The page works without this. It only saves loading all of it anew: links and forms fetch the page
// that they lead to, and what differs in it is put in the place of what is there.
"use strict";
(() => {
	const columns = document.querySelector(".columns");
	const rows = () => Array.from(document.querySelectorAll("#list a"), (link) => link.id).join();
	const search = document.getElementById("search");
	let request = null; // the one that is awaited

	const regions = (page) => page.querySelectorAll("[data-live]");

	// shape is a region without the addresses in it, which change with every search.
	const shape = (region) => region.innerHTML.replace(/ (href|value)="[^"]*"/g, "");

	// replace puts fresh in the place of old, or only its addresses if nothing else differs: else a mail
	// would be loaded anew while a user types a name.
	const replace = (old, fresh) => {
		if (fresh.dataset.announce) old.dataset.announce = fresh.dataset.announce;
		if (shape(old) !== shape(fresh)) {
			old.replaceWith(document.adoptNode(fresh));
			return;
		}
		const from = fresh.querySelectorAll("[href], [value]");
		old.querySelectorAll("[href], [value]").forEach((element, i) => {
			for (const name of ["href", "value"]) {
				if (from[i].hasAttribute(name)) element.setAttribute(name, from[i].getAttribute(name));
			}
			if (element.id === "at") element.value = from[i].getAttribute("value");
		});
	};

	// refocus gives the focus back to what took the place of what had it.
	const refocus = (id) => {
		const active = document.activeElement;
		if (!id || (active && active !== document.body)) return;
		const next = document.getElementById(id) || document.getElementById("person");
		next.focus({ preventScroll: true });
	};

	const say = (text) => { document.getElementById("announce").textContent = text; };

	const show = (page, typing) => {
		const focused = document.activeElement ? document.activeElement.id : "";
		const listed = rows();
		const said = [];
		for (const fresh of [...regions(page)]) {
			const old = document.getElementById(fresh.id);
			if (!old) continue;
			const before = old.dataset.announce, text = fresh.dataset.announce || "";
			replace(old, fresh);
			if (text !== before && text) said.push(text);
		}
		document.title = page.title;
		const typed = page.getElementById("search");
		if (!typing && search && typed) search.value = typed.value;
		if (rows() !== listed) document.getElementById("list-scroll").scrollTop = 0;
		refocus(focused);
		if (said.length) say(said.join(" "));
	};

	// go shows the page at an address. how is push, replace or none: what becomes of the history.
	const go = async (address, how, typing) => {
		if (request) request.abort();
		const mine = request = new AbortController();
		columns.setAttribute("aria-busy", "true");
		try {
			const answer = await fetch(address, { signal: mine.signal, headers: { Accept: "text/html" } });
			const page = new DOMParser().parseFromString(await answer.text(), "text/html");
			const whole = ["instant", "results", "person", "search"].every((id) => page.getElementById(id) && document.getElementById(id));
			if (!whole) {
				location.assign(address);
				return;
			}
			show(page, typing);
			if (how === "push") history.pushState(null, "", address);
			if (how === "replace") history.replaceState(null, "", address);
		} catch (error) {
			if (error.name === "AbortError") return;
			if (typing) say("The preview does not answer. Is it still running?");
			else location.assign(address);
		} finally {
			if (request === mine) columns.removeAttribute("aria-busy");
		}
	};

	const addressOf = (form) => {
		const query = new URLSearchParams(new FormData(form));
		for (const [name, value] of [...query]) if (value === "") query.delete(name);
		const text = query.toString();
		return text ? "/?" + text : "/";
	};

	document.addEventListener("click", (event) => {
		const link = event.target.closest("a[href]");
		if (!link || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
		if (link.hasAttribute("data-plain") || !link.getAttribute("href").startsWith("/")) return;
		event.preventDefault();
		go(link.getAttribute("href"), "push").then(() => {
			// In one column the person is below the list.
			if (link.dataset.person && matchMedia("(max-width: 800px)").matches) document.getElementById("person").scrollIntoView();
		});
	});

	document.addEventListener("submit", (event) => {
		event.preventDefault();
		clearTimeout(timer);
		go(addressOf(event.target), "push", event.target.id === "search-form");
	});

	let timer = 0;
	document.addEventListener("input", (event) => {
		if (event.target !== search) return;
		clearTimeout(timer);
		timer = setTimeout(() => go(addressOf(search.form), "replace", true), 200);
	});

	window.addEventListener("popstate", () => go(location.pathname + location.search, "none"));
})();
