"""What is paid of a contract: lines of the schedule, orders, slips handed to the accountants."""
