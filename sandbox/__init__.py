"""All that exists only to try Loket: embedded servers, a demo region, the /dev page. Absent in production."""
