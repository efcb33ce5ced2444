"""The group robots of DingTalk, WeCom and Feishu."""
